using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodDNSConfigOption
{
    [Field(1)]
    public string Name { get; init; } = "";

    [Field(2)]
    public string? Value { get; init; }
}
