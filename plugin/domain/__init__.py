"""The words of the program as plain data: frozen, without I/O, standard library only."""
