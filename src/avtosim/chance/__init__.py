"""Where points come from: named coordinates, streams of draws, designs. Nothing here knows what a plant is."""
