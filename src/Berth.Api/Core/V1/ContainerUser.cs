using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerUser
{
    [Field(1)]
    public LinuxContainerUser? Linux { get; init; }
}
