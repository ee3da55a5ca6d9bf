using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeRuntimeHandlerFeatures
{
    [Field(1)]
    public bool? RecursiveReadOnlyMounts { get; init; }

    [Field(2)]
    public bool? UserNamespaces { get; init; }
}
