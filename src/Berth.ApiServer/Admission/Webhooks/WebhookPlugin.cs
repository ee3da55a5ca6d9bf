using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Core.V1;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Webhooks;

namespace Berth.ApiServer.Admission.Webhooks;

/// <summary>Has webhooks change and check what is written, as their configurations say.</summary>
public sealed class WebhookPlugin(IObjectReader objects, Lazy<IAuthorizer> authority, Random random) : IAdmissionPlugin, IDisposable
{
    private readonly WebhookClient _client = new(objects);
    private readonly Identifiers _identifiers = new(random);
    private volatile Configured? _configured;

    public string Name => "MutatingAdmissionWebhook";

    private Configured Hooks
    {
        get
        {
            // Versions first: what is listed behind them is at least as new.
            var versions = (objects.Version<MutatingWebhookConfiguration>(), objects.Version<ValidatingWebhookConfiguration>());
            if (_configured is { } known && known.Versions == versions)
                return known;
            return _configured = new Configured(
                versions,
                [.. objects.List<MutatingWebhookConfiguration>().OrderBy(c => c.Metadata.Name, StringComparer.Ordinal).SelectMany(c => c.Webhooks.Select(w => new AdmissionHook(w, c.Metadata.Name)))],
                [.. objects.List<ValidatingWebhookConfiguration>().OrderBy(c => c.Metadata.Name, StringComparer.Ordinal).SelectMany(c => c.Webhooks.Select(w => new AdmissionHook(w, c.Metadata.Name)))]);
        }
    }

    public async ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        var hooks = Hooks.Mutating;
        if (hooks.Length == 0 || RuleMatch.IsExempt(attributes))
            return value;

        // Those that saw the object before a later one changed it, and want to see it again.
        var again = new List<AdmissionHook>();
        var seen = new List<AdmissionHook>();
        foreach (var hook in hooks)
        {
            if (!await ConcernsAsync(hook, attributes, value, old, cancellation).ConfigureAwait(false))
                continue;
            var changed = await CallAsync(hook, $"round_0_index_{Array.IndexOf(hooks, hook)}", attributes, value, old, cancellation).ConfigureAwait(false);
            if (!changed.Equals(value))
                again = [.. seen.Where(s => s.IsCalledAgain)];
            value = changed;
            seen.Add(hook);
        }

        foreach (var hook in again)
        {
            if (await ConcernsAsync(hook, attributes, value, old, cancellation).ConfigureAwait(false))
                value = await CallAsync(hook, $"round_1_index_{Array.IndexOf(hooks, hook)}", attributes, value, old, cancellation).ConfigureAwait(false);
        }

        return value;
    }

    public async ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        var configured = Hooks;
        if ((configured.Validating.Length == 0 && configured.Mutating.Length == 0) || RuleMatch.IsExempt(attributes))
            return;

        // What is deleted or connected to is not mutated, but mutating webhooks may refuse it.
        if (attributes.Operation is AdmissionOperation.Delete or AdmissionOperation.Connect)
        {
            foreach (var hook in configured.Mutating)
            {
                if (await ConcernsAsync(hook, attributes, value, old, cancellation).ConfigureAwait(false))
                    await AskAsync(hook, "mutating", $"round_0_index_{Array.IndexOf(configured.Mutating, hook)}", attributes, value, old, cancellation).ConfigureAwait(false);
            }
        }

        var asked = new List<Task>();
        foreach (var hook in configured.Validating)
        {
            if (await ConcernsAsync(hook, attributes, value, old, cancellation).ConfigureAwait(false))
                asked.Add(AskAsync(hook, "validating", $"round_0_index_{asked.Count}", attributes, value, old, cancellation));
        }

        await Task.WhenAll(asked).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    private async ValueTask<bool> ConcernsAsync(AdmissionHook hook, AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        if (!hook.Means(attributes))
            return false;
        ApiMap<string>? labels = null;
        if (attributes.Kind is { Group: "", Plural: "namespaces" })
            labels = (value ?? old)?.Metadata.Labels ?? [];
        else if (attributes.Namespace.Length > 0)
            labels = (await objects.GetAsync<Namespace>(null, attributes.Namespace, cancellation).ConfigureAwait(false))?.Metadata.Labels ?? [];
        return hook.Selects(labels, value, old) && Holds(hook, attributes, value, old, cancellation);
    }

    // What cannot be decided is refused, or let by without asking the webhook.
    private bool Holds(AdmissionHook hook, AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        if (hook.Conditions.IsEmpty)
            return true;
        var holds = hook.Conditions.Hold(new AdmissionInputs(authority.Value, attributes, value, old), out var problem, cancellation);
        if (problem is null)
            return holds;
        return hook.IgnoresFailure
            ? false
            : throw ApiStatusException.Forbidden(attributes.Kind, attributes.Name.Length > 0 ? attributes.Name : (value ?? old)?.Metadata.Name ?? "", problem);
    }

    private async Task<T> CallAsync<T>(AdmissionHook hook, string turn, AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        var answer = await AskAsync(hook, "mutating", turn, attributes, value, old, cancellation).ConfigureAwait(false);
        if (answer?.Patch is not { } patch)
        {
            WebhookAnnotations.Called(attributes.Audit, hook, turn, null);
            return value;
        }

        try
        {
            var patched = AdmissionReviews.Patched(value, patch, value.KindInfo);
            WebhookAnnotations.Called(attributes.Audit, hook, turn, patched.Equals(value) ? null : patch);
            return patched;
        }
        catch (WebhookException e)
        {
            return hook.IgnoresFailure ? value : throw Failure(hook, e);
        }
    }

    /// <param name="turn">Which of the calls of this request it is, for the audit log.</param>
    /// <returns>Null when the webhook failed and that does not matter.</returns>
    private async Task<AdmissionReviews.Answer?> AskAsync(
        AdmissionHook hook, string kind, string turn, AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        if (attributes.DryRun && hook.HasSideEffects)
            throw ApiStatusException.BadRequest($"admission webhook \"{hook.Name}\" does not support dry run");
        var uid = _identifiers.NewUid();
        AdmissionReviews.Answer answer;
        try
        {
            var review = await _client.AskAsync(hook.Target, AdmissionReviews.Request(hook, uid, attributes, value, old), hook.Timeout, cancellation).ConfigureAwait(false);
            answer = AdmissionReviews.Read(review, hook, uid);
        }
        catch (WebhookException e)
        {
            if (!hook.IgnoresFailure)
                throw Failure(hook, e);
            attributes.Audit?.Annotate($"failed-open.{(kind == "mutating" ? "mutation" : kind)}.webhook.admission.k8s.io/{turn}", hook.Name);
            return null;
        }

        foreach (var (key, text) in answer.Annotations)
            attributes.Audit?.Annotate($"{hook.Name}/{key}", text);
        lock (attributes)
        {
            foreach (var warning in answer.Warnings)
                attributes.Warn(warning);
        }

        return answer.Allowed ? answer : throw AdmissionReviews.Denied(hook, answer.Status);
    }

    private static ApiStatusException Failure(AdmissionHook hook, WebhookException e) =>
        ApiStatusException.InternalError($"failed calling webhook \"{hook.Name}\": failed to call webhook: {e.Message}");

    private sealed record Configured((long, long) Versions, AdmissionHook[] Mutating, AdmissionHook[] Validating);
}
