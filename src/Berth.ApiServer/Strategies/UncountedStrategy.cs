using Berth.Api;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies;

/// <summary>A kind that is taken as it is, and whose changes nobody counts.</summary>
public sealed class UncountedStrategy<T> : ResourceStrategy<T>
    where T : class, IApiObject<T>
{
    public override bool HasGeneration => false;
}
