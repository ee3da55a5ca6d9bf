using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record LocalObjectReference
{
    [Field(1)]
    public string Name { get; init; } = "";
}
