using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record RuleWithOperations
{
    [Field(1)]
    public ApiList<string> Operations { get; init; } = [];

    [Field(1, In = [2])]
    public ApiList<string> ApiGroups { get; init; } = [];

    [Field(2, In = [2])]
    public ApiList<string> ApiVersions { get; init; } = [];

    [Field(3, In = [2])]
    public ApiList<string> Resources { get; init; } = [];

    [Field(4, In = [2])]
    public string? Scope { get; init; }
}
