using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record ResourceFieldSelector
{
    [Field(1)]
    public string ContainerName { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Resource { get; init; } = "";

    [Field(3)]
    public Quantity Divisor { get; init; }
}
