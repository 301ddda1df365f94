"""The words on a card, and the rules that choose them."""
