"""From a message of Frigate's to a result in Home Assistant and in Frigate."""

from homeassistant.core import HomeAssistant

from .conftest import Frigate, SetUp, data_of, teach


async def test_a_cat_in_the_yard_gets_its_name(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await teach(hass, frigate, entry)

    seen = frigate.walk("leo", "front_door")
    await frigate.walks_done()
    await data_of(entry).pipeline.async_wait_idle()
    await hass.async_block_till_done(wait_background_tasks=False)

    state = hass.states.get("sensor.our_cats_front_door")
    assert state is not None
    assert state.state == "leo"
    assert state.attributes["event_id"] == seen.id
    assert seen.sub_label == ("leo", state.attributes["score"])
