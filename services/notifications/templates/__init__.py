"""Words of messages that an operator gives instead of the built-in ones: checked before they are kept, in all their
versions, and put out of use by themselves if they cannot say something after all."""
