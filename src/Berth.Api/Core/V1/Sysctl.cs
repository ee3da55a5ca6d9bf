using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record Sysctl
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Value { get; init; } = "";
}
