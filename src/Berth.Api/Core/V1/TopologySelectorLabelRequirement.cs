using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record TopologySelectorLabelRequirement
{
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public ApiList<string> Values { get; init; } = [];
}
