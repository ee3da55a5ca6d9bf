using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record EndpointAddress
{
    [Field(1, Always = true, Required = true)]
    public string Ip { get; init; } = "";

    [Field(2)]
    public ObjectReference? TargetRef { get; init; }

    [Field(3)]
    public string Hostname { get; init; } = "";

    [Field(4)]
    public string? NodeName { get; init; }
}
