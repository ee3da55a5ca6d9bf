using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.ApiExtensions.V1;
using Berth.Api.Schema;
using Berth.Api.Selection;
using Berth.ApiServer.CustomResources;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Watch;
using Berth.Store;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.Admission.TypeChecks;

/// <summary>
/// Says in the status of each ValidatingAdmissionPolicy what was found when its expressions were checked against the types of what it
/// means. Level-triggered: looks again when a policy changes, and when a definition does, as custom resources may be defined later.
/// </summary>
internal sealed partial class PolicyStatusReconciler(RegistryServices services, CustomResourceTable custom, ILogger logger)
{
    private const string FieldManager = "validatingadmissionpolicy-status";

    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly ResourceRegistry<ValidatingAdmissionPolicy> _policies = services.Registries.For<ValidatingAdmissionPolicy>();
    private readonly ResourceRegistry<CustomResourceDefinition> _definitions = services.Registries.For<CustomResourceDefinition>();

    // What was last looked at, by the policies' names: compiling is the dear part. Owned by the loop.
    private readonly Dictionary<string, (string Uid, long Generation, long Definitions)> _checked = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var everything = new Selection("", "", Selector.Everything, FieldSelector.Everything, static (_, _) => null);
        try
        {
            while (true)
            {
                using var policies = _policies.Cache.Attach(everything, null)!;
                using var definitions = _definitions.Cache.Attach(everything, null)!;
                while (!policies.IsCutOff && !definitions.IsCutOff)
                {
                    var settled = await PassAsync(cancellation).ConfigureAwait(false);
                    using var again = settled ? null : new CancellationTokenSource(s_again, services.Time);
                    using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellation, again?.Token ?? CancellationToken.None);
                    await Task.WhenAny(policies.WaitAsync(wake.Token).AsTask(), definitions.WaitAsync(wake.Token).AsTask()).ConfigureAwait(false);
                    await wake.CancelAsync().ConfigureAwait(false);
                    cancellation.ThrowIfCancellationRequested();
                    while (policies.TryRead(out _) || definitions.TryRead(out _))
                    {
                        // What it was about is in the caches.
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
        var version = _definitions.Cache.Version;
        var left = _checked.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var one in _policies.Cache.Current.Range())
        {
            var policy = (ValidatingAdmissionPolicy)one.Value;
            left.Remove(policy.Metadata.Name);
            var look = (policy.Metadata.Uid, policy.Metadata.Generation, version);
            if (_checked.TryGetValue(policy.Metadata.Name, out var last) && last == look)
                continue;
            try
            {
                await CheckAsync(policy, cancellation).ConfigureAwait(false);
                _checked[policy.Metadata.Name] = look;
            }
            catch (ApiStatusException e) when (e.Code is 404 or 409)
            {
                settled = false;
            }
            catch (Exception e) when (e is ApiStatusException or StoreUnavailableException)
            {
                LogFailed(logger, e, policy.Metadata.Name);
                settled = false;
            }
        }

        foreach (var gone in left)
            _checked.Remove(gone);
        return settled;
    }

    private async Task CheckAsync(ValidatingAdmissionPolicy policy, CancellationToken cancellation)
    {
        var served = await ServedAsync(cancellation).ConfigureAwait(false);
        var kinds = PolicyTypeCheck.Kinds(policy.Spec, (group, version, plural) => served.FirstOrDefault(k => k.Group == group && k.Version == version && k.Plural == plural));
        var parameters = policy.Spec.ParamKind is { } asked ? served.FirstOrDefault(k => k.ApiVersion == asked.ApiVersion && k.Kind == asked.Kind) : null;
        var warnings = PolicyTypeCheck.Check(
            policy.Spec,
            [.. kinds.Select(k => (Kind: k, Type: KindType.Of(k))).Where(k => k.Type is not null).Select(k => (k.Kind, k.Type!))],
            parameters is null ? null : KindType.Of(parameters));
        var status = policy.Status with { ObservedGeneration = policy.Metadata.Generation, TypeChecking = new TypeChecking { ExpressionWarnings = warnings } };
        if (status == policy.Status)
            return;
        await _policies.UpdateAsync(
            new ObjectKey("", policy.Metadata.Name),
            new ObjectChange<ValidatingAdmissionPolicy>(old => ValueTask.FromResult(old.Metadata.Generation == policy.Metadata.Generation
                ? old with { Status = old.Status with { ObservedGeneration = status.ObservedGeneration, TypeChecking = status.TypeChecking } }
                : old))
            {
                Rules = ChangeRules.Status,
                ChecksVersion = false,
                Subresource = "status",
            },
            WriteContext.Internal(FieldManager, cancellation)).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<KindInfo>> ServedAsync(CancellationToken cancellation)
    {
        var defined = await custom.EstablishedAsync(cancellation).ConfigureAwait(false);
        return [.. services.Registries.All.Select(r => r.Kind), .. defined.SelectMany(d => d.Definition.Versions).Where(v => v.Source.Served).Select(v => v.Kind)];
    }

    [LoggerMessage(EventId = 3601, Level = LogLevel.Warning, Message = "The policy {Name} could not be checked; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception cause, string name);
}
