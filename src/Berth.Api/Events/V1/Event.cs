using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Events.V1;

[Kind("events.k8s.io", "v1", "Event")]
[Resource("events", "event", ShortNames = "ev")]
public sealed partial record Event
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Always = true, Required = true)]
    public MicroTime? EventTime { get; init; }

    [Field(3)]
    public EventSeries? Series { get; init; }

    [Field(4)]
    public string ReportingController { get; init; } = "";

    [Field(5)]
    public string ReportingInstance { get; init; } = "";

    [Field(6)]
    public string Action { get; init; } = "";

    [Field(7)]
    public string Reason { get; init; } = "";

    [Field(8)]
    public ObjectReference Regarding { get; init; } = ObjectReference.Empty;

    [Field(9)]
    public ObjectReference? Related { get; init; }

    [Field(10)]
    public string Note { get; init; } = "";

    [Field(11)]
    public string Type { get; init; } = "";

    [Field(12)]
    public EventSource DeprecatedSource { get; init; } = EventSource.Empty;

    [Field(13, Always = true)]
    public Time? DeprecatedFirstTimestamp { get; init; }

    [Field(14, Always = true)]
    public Time? DeprecatedLastTimestamp { get; init; }

    [Field(15)]
    public int DeprecatedCount { get; init; }
}
