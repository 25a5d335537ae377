"""Scripts that bring what the project needs: run by make, before anything is installed; the standard library only."""
