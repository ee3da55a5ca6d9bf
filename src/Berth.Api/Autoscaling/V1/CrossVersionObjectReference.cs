using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

[Atomic]
public sealed partial record CrossVersionObjectReference
{
    [Field(1, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(3)]
    public string ApiVersion { get; init; } = "";
}
