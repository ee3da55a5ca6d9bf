using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record DaemonEndpoint
{
    [Field(1, Json = "Port", Always = true, Required = true)]
    public int Port { get; init; }
}
