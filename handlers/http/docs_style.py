"""How the page of the specification looks; a module, so that it is wherever the code is."""

STYLE = """\
:root { color-scheme: light dark; --line: #8884; --quiet: #8882; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; }
nav { border-block: 1px solid var(--line); padding: 0.75rem 0; }
nav a { display: inline-block; margin-right: 1rem; }
section { border-top: 1px solid var(--line); margin-top: 2rem; }
pre { background: var(--quiet); border-radius: 0.3rem; overflow-x: auto; padding: 0.75rem; }
pre code { background: none; padding: 0; }
summary { cursor: pointer; padding: 0.4rem; }
code { background: var(--quiet); border-radius: 0.2rem; padding: 0 0.25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.4rem; text-align: left; }
th, td { vertical-align: top; overflow-wrap: anywhere; }
th { white-space: nowrap; width: 1%; }
td:nth-child(2):not(:last-child) { overflow-wrap: normal; width: 1%; }
td > p, td > ul { margin: 0 0 0.3rem; }
ul { padding-left: 1.2rem; }
.route b { border-radius: 0.2rem; color: #fff; padding: 0.1rem 0.5rem; }
.get { background: #1a6fb0; }
.post { background: #1d7a3d; }
.patch { background: #8a5a00; }
.delete { background: #a8261f; }
tr:target, section:target > h2, h3:target { background: #fd08; }
"""
