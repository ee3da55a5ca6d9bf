using Core = Berth.Api.Core.V1;
using Events = Berth.Api.Events.V1;

namespace Berth.ApiServer.Registry;

/// <summary>The two shapes of one Event. Nothing is lost on the way there and back.</summary>
internal static class EventConversion
{
    public static Events.Event ToEvents(Core.Event value) => new()
    {
        Metadata = value.Metadata,
        EventTime = value.EventTime,
        Series = value.Series is { } series ? new() { Count = series.Count, LastObservedTime = series.LastObservedTime } : null,
        ReportingController = value.ReportingComponent,
        ReportingInstance = value.ReportingInstance,
        Action = value.Action,
        Reason = value.Reason,
        Regarding = value.InvolvedObject,
        Related = value.Related,
        Note = value.Message,
        Type = value.Type,
        DeprecatedSource = value.Source,
        DeprecatedFirstTimestamp = value.FirstTimestamp,
        DeprecatedLastTimestamp = value.LastTimestamp,
        DeprecatedCount = value.Count,
    };

    public static Core.Event ToCore(Events.Event value) => new()
    {
        Metadata = value.Metadata,
        EventTime = value.EventTime,
        Series = value.Series is { } series ? new() { Count = series.Count, LastObservedTime = series.LastObservedTime } : null,
        ReportingComponent = value.ReportingController,
        ReportingInstance = value.ReportingInstance,
        Action = value.Action,
        Reason = value.Reason,
        InvolvedObject = value.Regarding,
        Related = value.Related,
        Message = value.Note,
        Type = value.Type,
        Source = value.DeprecatedSource,
        FirstTimestamp = value.DeprecatedFirstTimestamp,
        LastTimestamp = value.DeprecatedLastTimestamp,
        Count = value.DeprecatedCount,
    };
}
