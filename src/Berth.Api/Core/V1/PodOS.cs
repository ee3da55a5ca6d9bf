using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodOS
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
