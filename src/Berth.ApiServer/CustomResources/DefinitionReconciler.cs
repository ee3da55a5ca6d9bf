using Berth.Api;
using Berth.Api.ApiExtensions.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Strategies.Extensions;
using Berth.ApiServer.Watch;
using Berth.Api.Selection;
using Berth.Store;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.CustomResources;

/// <summary>
/// Gives definitions their names and says that they are served, and takes their objects away when they are deleted.
/// Level-triggered: each change of a definition has all of them looked at again.
/// </summary>
internal sealed partial class DefinitionReconciler(RegistryServices services, CustomResourceTable table, ILogger logger)
{
    private const string FieldManager = "berth-definitions";

    // How soon somebody looks again at what waits for finalizers of its objects, or at what failed.
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly ResourceRegistry<CustomResourceDefinition> _definitions = services.Registries.For<CustomResourceDefinition>();

    public async Task RunAsync(CancellationToken cancellation)
    {
        var everything = new Selection("", "", Selector.Everything, FieldSelector.Everything, static (_, _) => null);
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                using var watcher = _definitions.Cache.Attach(everything, null)!;
                while (!watcher.IsCutOff)
                {
                    var settled = await PassAsync(cancellation).ConfigureAwait(false);
                    using var again = settled ? null : new CancellationTokenSource(s_again, services.Time);
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, again?.Token ?? CancellationToken.None);
                    try
                    {
                        await watcher.WaitAsync(either.Token).ConfigureAwait(false);
                    }
                    catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                    {
                        // Time to look again.
                    }

                    while (watcher.TryRead(out _))
                    {
                        // What it was about is in the cache.
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <returns>False when something is to be looked at again.</returns>
    private async Task<bool> PassAsync(CancellationToken cancellation)
    {
        var settled = true;
        foreach (var one in _definitions.Cache.Current.Range())
        {
            var definition = (CustomResourceDefinition)one.Value;
            try
            {
                if (definition.Metadata.DeletionTimestamp is not null)
                    settled &= await EndAsync(definition, cancellation).ConfigureAwait(false);
                else
                    await NameAsync(definition, cancellation).ConfigureAwait(false);
            }
            catch (ApiStatusException e) when (e.Code is 404 or 409)
            {
                settled = false;
            }
            catch (Exception e) when (e is ApiStatusException or StoreUnavailableException or InvalidDataException)
            {
                LogFailed(logger, e, one.Key.Name);
                settled = false;
            }
        }

        return settled;
    }

    private async Task NameAsync(CustomResourceDefinition definition, CancellationToken cancellation)
    {
        var status = DefinitionNames.Accept(definition, services.Registries.List<CustomResourceDefinition>(), services.Now);
        if (status == definition.Status)
            return;

        // Its cache is there before anybody reads that it is served.
        await table.ServedAsync(definition.Metadata.Name, cancellation).ConfigureAwait(false);
        await WriteAsync(definition, old => old with { Status = DefinitionNames.Accept(old, services.Registries.List<CustomResourceDefinition>(), services.Now) }, ChangeRules.Status, cancellation).ConfigureAwait(false);
    }

    private async Task<bool> EndAsync(CustomResourceDefinition definition, CancellationToken cancellation)
    {
        if (!definition.Metadata.Finalizers.Contains(CustomResourceDefinitionStrategy.CleanupFinalizer))
            return true;
        if (await table.ServedAsync(definition.Metadata.Name, cancellation).ConfigureAwait(false) is not { } served)
            return true;
        await services.Hub.WaitForLatestAsync(cancellation).ConfigureAwait(false);
        var left = served.Cache.Current;
        foreach (var instance in left.Range())
        {
            if (instance.Value.Metadata.DeletionTimestamp is not null)
                continue;
            try
            {
                await served.Stored.DeleteAsync(instance.Key, DeleteOptions.Empty, WriteContext.Internal(FieldManager, cancellation)).ConfigureAwait(false);
            }
            catch (ApiStatusException e) when (e.Code is 404 or 409)
            {
                // Somebody else was faster.
            }
        }

        await services.Hub.WaitForLatestAsync(cancellation).ConfigureAwait(false);
        if (served.Cache.Current.Count > 0)
        {
            if (!definition.Status.Conditions.Any(c => c is { Type: "Terminating", Reason: "InstanceDeletionInProgress" }))
                await WriteAsync(definition, old => DefinitionNames.Terminating(old, "InstanceDeletionInProgress", "CustomResource deletion is in progress", services.Now), ChangeRules.Status, cancellation).ConfigureAwait(false);
            return false;
        }

        await WriteAsync(
            definition,
            old => old.WithMetadata(old.Metadata with { Finalizers = old.Metadata.Finalizers.Where(f => f != CustomResourceDefinitionStrategy.CleanupFinalizer).ToApiList() }),
            ChangeRules.Trusted,
            cancellation).ConfigureAwait(false);
        return true;
    }

    private Task WriteAsync(
        CustomResourceDefinition definition, Func<CustomResourceDefinition, CustomResourceDefinition> change, ChangeRules rules, CancellationToken cancellation) =>
        _definitions.UpdateAsync(
            new ObjectKey("", definition.Metadata.Name),
            new ObjectChange<CustomResourceDefinition>(old => ValueTask.FromResult(change(old)))
            {
                Rules = rules,
                ChecksVersion = false,
                Subresource = rules == ChangeRules.Status ? "status" : "",
            },
            WriteContext.Internal(FieldManager, cancellation));

    [LoggerMessage(EventId = 3401, Level = LogLevel.Warning, Message = "The definition {Name} could not be reconciled; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception cause, string name);
}
