"""Everybody in the scene, as something that has a body at any instant."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from tennalytix.synthetic.options import Looks, Surface
from tennalytix.synthetic.outfit import Outfit, dress
from tennalytix.synthetic.palette import SHIRTS, pick
from tennalytix.synthetic.physics import Floats
from tennalytix.synthetic.pose import player_joints
from tennalytix.synthetic.racket import Racket
from tennalytix.synthetic.script import Player
from tennalytix.synthetic.sprite import Moment
from tennalytix.synthetic.wardrobe import varied_outfit


class Person(Protocol):
    """Somebody who can be drawn."""

    @property
    def role(self) -> str:
        """Near or far for players, else the office."""
        ...

    def place(self, time_s: float) -> Floats:
        """Where the person stands, (2,), metres."""
        ...

    def moment(self, time_s: float) -> Moment:
        """Body and racket at an instant."""
        ...

    def attitude(self, time_s: float) -> int | None:
        """A number that names a standstill: equal numbers, equal bodies; None while the person moves."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class PlayingPerson:
    """A player with clothes and racket."""

    player: Player
    outfit: Outfit
    racket_colour: tuple[float, float, float]
    offset_s: float = field(default=0.0)

    @property
    def role(self) -> str:
        """Near or far."""
        return self.player.role

    def place(self, time_s: float) -> Floats:
        """Where the player stands."""
        return self.player.walk.at(time_s)[0]

    def moment(self, time_s: float) -> Moment:
        """Body and racket."""
        joints, towards = player_joints(self.player, time_s, self.outfit.scale, self.offset_s)
        face = np.array([*self.player.forward, 0.0])
        return dress(joints, self.outfit), Racket(joints["hand_r"], towards, face, self.racket_colour)

    def attitude(self, time_s: float) -> int | None:
        """Players are never quite still."""
        return None


def dress_players(
    players: tuple[Player, ...], seed: int, looks: Looks = "plain", surface: Surface = "hard_blue"
) -> list[PlayingPerson]:
    """Everybody's clothes; partners in a double need not match."""
    rng = np.random.default_rng([seed, 5])

    def outfit() -> Outfit:
        return Outfit.random(rng) if looks == "plain" else varied_outfit(rng, surface)

    return [PlayingPerson(p, outfit(), pick(SHIRTS, rng), float(rng.uniform(0, 9))) for p in players]
