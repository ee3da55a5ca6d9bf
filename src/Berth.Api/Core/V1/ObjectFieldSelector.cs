using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record ObjectFieldSelector
{
    [Field(1)]
    public string ApiVersion { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string FieldPath { get; init; } = "";
}
