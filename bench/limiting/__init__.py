"""What must stay fast however long a snapshot is held, and however many names and patterns there are."""
