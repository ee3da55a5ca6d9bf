using System.Threading.Channels;
using Berth.Api;
using Berth.Api.Rbac.V1;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Registry;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.Bootstrap;

/// <summary>
/// Keeps the rules of aggregated cluster roles in step with the roles that they are made of. Sees each write of a cluster
/// role as an admission plugin, and does its work after it, on its own loop; between writes it costs nothing.
/// </summary>
public sealed partial class ClusterRoleAggregator(IObjectReader objects, ILogger logger) : IAdmissionPlugin
{
    private static readonly TimeSpan CacheWait = TimeSpan.FromMilliseconds(5);
    private const int CacheWaitsMax = 1000;

    // Any number of writes are one reason to look.
    private readonly Channel<long> _writes = Channel.CreateBounded<long>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public string Name => "ClusterRoleAggregation";

    public ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        if (attributes.Kind.Equals(ClusterRole.Kind))
        {
            var before = objects.Version<ClusterRole>();
            attributes.OnFinished(stored =>
            {
                if (stored) _writes.Writer.TryWrite(before);
            });
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Runs until cancelled. A failed write is logged and tried again with the next change.</summary>
    public async Task RunAsync(BootstrapWriter writer, TimeProvider time, CancellationToken cancellation)
    {
        await foreach (var before in _writes.Reader.ReadAllAsync(cancellation))
        {
            // The write is in the store; wait until the cache has it.
            for (var i = 0; i < CacheWaitsMax && objects.Version<ClusterRole>() == before; i++)
                await Task.Delay(CacheWait, time, cancellation);
            foreach (var role in ClusterRoleAggregation.Reconcile(objects.List<ClusterRole>()))
            {
                try
                {
                    await writer.UpdateAsync(role, cancellation);
                }
                catch (Http.ApiStatusException e)
                {
                    LogFailed(logger, e, role.Metadata.Name);
                }
            }
        }
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "The rules of the aggregated cluster role {Role} could not be written")]
    private static partial void LogFailed(ILogger logger, Exception cause, string role);
}
