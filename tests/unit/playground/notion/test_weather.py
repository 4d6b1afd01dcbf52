from playground.notion.weather import Dice, Weather

STORM = Weather(drop=0.3, duplicate=0.3, reorder=0.3, delay_seconds=(1, 60))


def test_one_seed_gives_the_same_fates_and_another_seed_others() -> None:
    fates = [[dice.throw(STORM) for _ in range(9)] for dice in map(Dice, (1, 1, 2))]
    assert fates[0] == fates[1] != fates[2]


def test_a_fair_day_sends_everything_once_and_at_once() -> None:
    dice = Dice(1)
    assert {dice.throw(Weather()).waits for _ in range(100)} == {(0.0,)}


def test_a_storm_loses_doubles_and_holds_back() -> None:
    dice = Dice(1)
    waits = [dice.throw(STORM).waits for _ in range(1000)]
    assert 200 < sum(not each for each in waits) < 400
    assert 100 < sum(len(each) == 2 for each in waits) < 300
    assert max(each[0] for each in waits if each) > 60


def test_a_change_of_one_chance_leaves_the_other_fates_as_they_were() -> None:
    calm, lossy = Dice(1), Dice(1)
    kept = [calm.throw(Weather(reorder=0.5)).waits for _ in range(50)]
    lost = [lossy.throw(Weather(reorder=0.5, drop=0.5)).waits for _ in range(50)]
    assert all(not after or before == after for before, after in zip(kept, lost, strict=True))
    assert () in lost
