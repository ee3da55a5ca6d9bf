using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Informers;

namespace Berth.Controllers.BootstrapTokens;

/// <summary>Removes the Secrets of join tokens whose time is over.</summary>
public sealed class TokenCleanerController : Controller
{
    private const string Type = "bootstrap.kubernetes.io/token";
    private const string Namespace = "kube-system";

    private readonly Informer<Secret> _secrets;

    public TokenCleanerController(ControllerContext context)
        : base(context, "token-cleaner", workers: 1)
    {
        _secrets = context.Informers.For<Secret>();
        _secrets.AddHandler(Look, (_, secret) => Look(secret), null);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_secrets.Cache.Get(key) is not { } secret || !IsToken(secret) || EndOf(secret) is not { } end)
            return;
        var left = end - Time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            Queue.AddAfter(key, left);
            return;
        }

        try
        {
            await Client.DeleteAsync<Secret>(key.Namespace, key.Name, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Somebody else removed it.
        }
    }

    private static bool IsToken(Secret secret) => secret.Type == Type && secret.Metadata.Namespace == Namespace;

    /// <summary>Null: never. A time that cannot be read is over, as it is for authentication.</summary>
    private static DateTimeOffset? EndOf(Secret secret)
    {
        if (!secret.Data.TryGetValue("expiration", out var value))
            return null;
        return DateTimeOffset.TryParse(value.ToUtf8(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end : DateTimeOffset.MinValue;
    }

    private void Look(Secret secret)
    {
        if (IsToken(secret))
            Enqueue(secret);
    }
}
