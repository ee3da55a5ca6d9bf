using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One address of a Service's endpoint.</summary>
[Atomic]
public sealed partial record EndpointAddress
{
    /// <summary>The address; not loopback (127.0.0.0/8, ::1) nor link-local.</summary>
    [Field(1, Always = true, Required = true)]
    public string Ip { get; init; } = "";

    /// <summary>The object behind it, such as the pod.</summary>
    [Field(2)]
    public ObjectReference? TargetRef { get; init; }

    /// <summary>Name of the endpoint within the Service, for DNS.</summary>
    [Field(3)]
    public string Hostname { get; init; } = "";

    /// <summary>Node that it is on.</summary>
    [Field(4)]
    public string? NodeName { get; init; }
}
