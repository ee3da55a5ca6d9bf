using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>
/// Capabilities of POSIX that a container gets or loses, compared with what the runtime gives. Names are without CAP_; ALL stands for all.
/// </summary>
public sealed partial record Capabilities
{
    /// <summary>Capabilities to add, such as NET_ADMIN.</summary>
    [Field(1)]
    public ApiList<string> Add { get; init; } = [];

    /// <summary>Capabilities to take away.</summary>
    [Field(2)]
    public ApiList<string> Drop { get; init; } = [];
}
