using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Events.V1;

/// <summary>A report of something that happened to an object. Kept for an hour; for people, not for programs to rely on.</summary>
[Kind("events.k8s.io", "v1", "Event")]
[Resource("events", "event", ShortNames = "ev")]
public sealed partial record Event
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>When it was first seen, to the microsecond.</summary>
    [Field(2, Always = true, Required = true)]
    public MicroTime? EventTime { get; init; }

    /// <summary>How often and until when it was seen again; absent for something that happened once.</summary>
    [Field(3)]
    public EventSeries? Series { get; init; }

    /// <summary>Who reports it, such as kubelet or berth.dev/node-agent.</summary>
    [Field(4)]
    public string ReportingController { get; init; } = "";

    /// <summary>Which one of them, such as the node.</summary>
    [Field(5)]
    public string ReportingInstance { get; init; } = "";

    /// <summary>What the reporter did or could not do, in CamelCase.</summary>
    [Field(6)]
    public string Action { get; init; } = "";

    /// <summary>What happened, in CamelCase, such as Scheduled or FailedMount.</summary>
    [Field(7)]
    public string Reason { get; init; } = "";

    /// <summary>The object that it is about.</summary>
    [Field(8)]
    public ObjectReference Regarding { get; init; } = ObjectReference.Empty;

    /// <summary>A second object that has to do with it.</summary>
    [Field(9)]
    public ObjectReference? Related { get; init; }

    /// <summary>What happened, in words for people; 1 KiB at most.</summary>
    [Field(10)]
    public string Note { get; init; } = "";

    /// <summary>Normal or Warning.</summary>
    [Field(11)]
    public string Type { get; init; } = "";

    /// <summary>Who reports it, in the form of core/v1.</summary>
    [Field(12)]
    public EventSource DeprecatedSource { get; init; } = EventSource.Empty;

    /// <summary>When it was first seen, in the form of core/v1.</summary>
    [Field(13, Always = true)]
    public Time? DeprecatedFirstTimestamp { get; init; }

    /// <summary>When it was last seen, in the form of core/v1.</summary>
    [Field(14, Always = true)]
    public Time? DeprecatedLastTimestamp { get; init; }

    /// <summary>How often it was seen, in the form of core/v1.</summary>
    [Field(15)]
    public int DeprecatedCount { get; init; }
}
