using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "Event")]
[Resource("events", "event", ShortNames = "ev")]
public sealed partial record Event
{
    [Field(1, Required = true)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public ObjectReference InvolvedObject { get; init; } = ObjectReference.Empty;

    [Field(3)]
    public string Reason { get; init; } = "";

    [Field(4)]
    public string Message { get; init; } = "";

    [Field(5)]
    public EventSource Source { get; init; } = EventSource.Empty;

    [Field(6, Always = true)]
    public Time? FirstTimestamp { get; init; }

    [Field(7, Always = true)]
    public Time? LastTimestamp { get; init; }

    [Field(8)]
    public int Count { get; init; }

    [Field(9)]
    public string Type { get; init; } = "";

    [Field(10, Always = true)]
    public MicroTime? EventTime { get; init; }

    [Field(11)]
    public EventSeries? Series { get; init; }

    [Field(12)]
    public string Action { get; init; } = "";

    [Field(13)]
    public ObjectReference? Related { get; init; }

    [Field(14, Always = true)]
    public string ReportingComponent { get; init; } = "";

    [Field(15, Always = true)]
    public string ReportingInstance { get; init; } = "";
}
