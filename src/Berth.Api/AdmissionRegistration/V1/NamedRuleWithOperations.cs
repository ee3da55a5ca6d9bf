using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

[Atomic]
public sealed partial record NamedRuleWithOperations
{
    [Field(1)]
    public ApiList<string> ResourceNames { get; init; } = [];

    [Field(1, In = [2])]
    public ApiList<string> Operations { get; init; } = [];

    [Field(1, In = [2, 2])]
    public ApiList<string> ApiGroups { get; init; } = [];

    [Field(2, In = [2, 2])]
    public ApiList<string> ApiVersions { get; init; } = [];

    [Field(3, In = [2, 2])]
    public ApiList<string> Resources { get; init; } = [];

    [Field(4, In = [2, 2])]
    public string? Scope { get; init; }
}
