using Berth.Api;

namespace Berth.Scheduler.Map;

/// <summary>A line of a picture.</summary>
public sealed record MapLine(ApiList<MapSpan> Spans)
{
    public static MapLine Empty { get; } = new(ApiList<MapSpan>.Empty);

    public static MapLine Of(string text) => new([new MapSpan(text)]);

    public override string ToString() => string.Concat(Spans.Select(s => s.Text));
}
