using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

[Atomic]
public sealed partial record OwnerReference
{
    [Field(1, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(4, Always = true, Required = true)]
    public string Uid { get; init; } = "";

    [Field(5, Always = true, Required = true)]
    public string ApiVersion { get; init; } = "";

    [Field(6)]
    public bool? Controller { get; init; }

    [Field(7)]
    public bool? BlockOwnerDeletion { get; init; }
}
