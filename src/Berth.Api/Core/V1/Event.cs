using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A report of something that happened to an object. Kept for an hour; for people, not for programs to rely on.</summary>
[Kind("", "v1", "Event")]
[Resource("events", "event", ShortNames = "ev")]
public sealed partial record Event
{
    [Field(1, Required = true)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The object that it is about.</summary>
    [Field(2, Required = true)]
    public ObjectReference InvolvedObject { get; init; } = ObjectReference.Empty;

    /// <summary>What happened, in CamelCase, such as Scheduled or FailedMount.</summary>
    [Field(3)]
    public string Reason { get; init; } = "";

    /// <summary>What happened, in words for people.</summary>
    [Field(4)]
    public string Message { get; init; } = "";

    /// <summary>Who reports it, in the older form; see reportingComponent.</summary>
    [Field(5)]
    public EventSource Source { get; init; } = EventSource.Empty;

    /// <summary>When it was first seen.</summary>
    [Field(6, Always = true)]
    public Time? FirstTimestamp { get; init; }

    /// <summary>When it was last seen.</summary>
    [Field(7, Always = true)]
    public Time? LastTimestamp { get; init; }

    /// <summary>How often it was seen.</summary>
    [Field(8)]
    public int Count { get; init; }

    /// <summary>Normal or Warning.</summary>
    [Field(9)]
    public string Type { get; init; } = "";

    /// <summary>When it was first seen, to the microsecond; set by reporters of the newer form.</summary>
    [Field(10, Always = true)]
    public MicroTime? EventTime { get; init; }

    /// <summary>How often and until when it was seen again; absent for something that happened once.</summary>
    [Field(11)]
    public EventSeries? Series { get; init; }

    /// <summary>What the reporter did or could not do, in CamelCase.</summary>
    [Field(12)]
    public string Action { get; init; } = "";

    /// <summary>A second object that has to do with it.</summary>
    [Field(13)]
    public ObjectReference? Related { get; init; }

    /// <summary>Who reports it, such as kubelet or berth.dev/node-agent.</summary>
    [Field(14, Always = true)]
    public string ReportingComponent { get; init; } = "";

    /// <summary>Which one of them, such as the node.</summary>
    [Field(15, Always = true)]
    public string ReportingInstance { get; init; } = "";
}
