"""What a plan would do, as it is shown before it is done. Pure."""

from typing import Any

MOVES_MAX = 500  # of one rotation


def preview(made: Any) -> dict[str, Any]:
    """Every assignment that ends and that starts, in the order of the moves, and every refusal."""
    on = made.terms.on
    ends = [_shown(place, held, held.official, held.valid_from, on) | {"id": held.id} for place, held in made.ends]
    starts = [_shown(each.move, each.former, each.official, on, each.until) | {"id": None} for each in made.starts]
    return {"on": on, "ends": ends, "starts": starts, "refusals": list(made.refusals)}


def _shown(move: int, held: Any, official: Any, since: Any, until: Any) -> dict[str, Any]:
    about = {"move": move, "official": official, "post": held.post_code, "place": held.place}
    return about | {"valid_from": since, "valid_to": until}
