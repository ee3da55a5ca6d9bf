namespace Berth.Scheduler.Map;

/// <summary>How a piece of a picture looks that belongs to no pod.</summary>
public enum MapTone
{
    Plain,

    /// <summary>Names and measures beside what they describe.</summary>
    Faint,

    /// <summary>What should be looked at: nearly full, not healthy.</summary>
    Warning,

    Heading,
}
