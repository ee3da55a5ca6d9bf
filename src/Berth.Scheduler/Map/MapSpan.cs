namespace Berth.Scheduler.Map;

/// <summary>A piece of a line that has one colour.</summary>
/// <param name="Owner">Index of the pod whose part this is; -1 for none.</param>
/// <param name="Tone">How it is to look where it is no pod's.</param>
public readonly record struct MapSpan(string Text, int Owner = -1, MapTone Tone = MapTone.Plain);
