"""Runs that the tests share, written for them."""

from __future__ import annotations

import agenther as ah

ROME = ah.Trajectory(
    trajectory_id="rome-1",
    original_prompt="Book me the cheapest flight from Oslo to Rome on 2024-05-20, under $100.",
    system="You are a travel agent. Prices are in US dollars.",
    steps=[
        ah.Step(
            thought="Look the flights up.",
            action_name="search_flights",
            action_input='{"origin": "OSL", "destination": "FCO", "date": "2024-05-20"}',
            observation='[{"flight": "DY1872", "price": 129.5}, {"flight": "SK4713", "price": 164.0}]',
        ),
        ah.Step(
            action_name="book_flight",
            action_input='{"flight": "DY1872", "budget": 100}',
            observation="Error: price 129.50 is above the budget",
            error=True,
        ),
        ah.Step(user="Then leave it.", thought="I could not book: DY1872 at $129.50 is the cheapest."),
    ],
    final_answer="I could not book: DY1872 at $129.50 is the cheapest.",
    success=False,
    reward=0.0,
)

SHELL = ah.Trajectory(
    trajectory_id="shell-1",
    original_prompt="How many lines has /var/log/app.log?",
    steps=[
        ah.Step(
            action_name="bash", action_input="wc -l /var/log/app.log", observation="1042 /var/log/app.log"
        ),
    ],
    final_answer="It has 1042 lines.",
    success=True,
    reward=1.0,
)

EMPTY = ah.Trajectory(trajectory_id="empty-1", original_prompt="Write a poem.", success=False)
NULL = ah.Trajectory(trajectory_id="null-1", original_prompt="Unread.", steps=None)
BARE = ah.Trajectory(steps=[ah.Step()])
