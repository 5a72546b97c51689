"""Training: supervised fine-tuning, from conversations to weights; knows no run and no recipe.

Nothing here imports more than numpy, torch, transformers, accelerate, peft and what they bring, so
that the room runs as it is on a GPU machine that has only those.
"""
