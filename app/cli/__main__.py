"""`python -m app.cli`: the same as `accord`, wherever that is not on the PATH."""

from app.cli.commands import app

if __name__ == "__main__":
    app(prog_name="accord")
