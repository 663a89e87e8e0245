"""The program: settings, pure plans, and the components that turn them into resources."""
