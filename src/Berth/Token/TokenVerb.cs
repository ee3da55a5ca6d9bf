using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Authentication;
using Berth.Client;
using Berth.Instance;
using Berth.Join;

namespace Berth.Token;

/// <summary><c>berth token create | list | delete ID...</c>: what other machines join the cluster with.</summary>
internal static class TokenVerb
{
    private const int IdLength = 6;
    private const int SecretLength = 16;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";

    public static Command Create()
    {
        var ttl = new Option<string>("--ttl") { Description = "How long it is good: 30m, 24h, 7d, or 0 for ever", DefaultValueFactory = _ => "24h" };
        var description = new Option<string>("--description") { Description = "What it is for, for berth token list", DefaultValueFactory = _ => "" };
        var (createDirectory, createConfig) = (Options.DataDirectory(), Options.Kubeconfig());
        var create = new Command("create", "Make a token and print it") { ttl, description, createDirectory, createConfig };
        create.SetAction(async (parsed, ct) =>
        {
            using var admin = AdminClient.Open(parsed.GetValue(createConfig), parsed.GetRequiredValue(createDirectory));
            await CreateAsync(admin, ParseTtl(parsed.GetRequiredValue(ttl)), parsed.GetRequiredValue(description), Console.Out, ct);
            return 0;
        });

        var (listDirectory, listConfig) = (Options.DataDirectory(), Options.Kubeconfig());
        var list = new Command("list", "List the tokens, without their secrets") { listDirectory, listConfig };
        list.SetAction(async (parsed, ct) =>
        {
            using var admin = AdminClient.Open(parsed.GetValue(listConfig), parsed.GetRequiredValue(listDirectory));
            await ListAsync(admin.Client, Console.Out, ct);
            return 0;
        });

        var ids = new Argument<string[]>("id") { Description = "Tokens, or the part before their point", Arity = ArgumentArity.OneOrMore };
        var (deleteDirectory, deleteConfig) = (Options.DataDirectory(), Options.Kubeconfig());
        var delete = new Command("delete", "Delete tokens: nobody joins with them any more") { ids, deleteDirectory, deleteConfig };
        delete.SetAction(async (parsed, ct) =>
        {
            using var admin = AdminClient.Open(parsed.GetValue(deleteConfig), parsed.GetRequiredValue(deleteDirectory));
            foreach (var id in parsed.GetRequiredValue(ids))
                await DeleteAsync(admin.Client, id.Split('.')[0], Console.Out, ct);
            return 0;
        });
        return new Command("token", "Make, list and delete the tokens that other machines join with") { create, list, delete };
    }

    private static async Task CreateAsync(AdminClient admin, TimeSpan? ttl, string description, TextWriter output, CancellationToken ct)
    {
        if (admin.Config.Authorities.Count == 0)
            throw new UserErrorException("the kubeconfig names no certificate-authority, whose hash the token carries", "use the kubeconfig that berth wrote");
        var (id, secret) = (RandomNumberGenerator.GetString(Letters, IdLength), RandomNumberGenerator.GetString(Letters, SecretLength));
        var data = ApiMap.Of(
            ("auth-extra-groups", BootstrapTokenAuthenticator.Group + ":berth"),
            ("description", description),
            ("token-id", id),
            ("token-secret", secret),
            ("usage-bootstrap-authentication", "true"));
        if (ttl is { } span)
            data = data.With("expiration", (TimeProvider.System.GetUtcNow() + span).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        await admin.Client.CreateAsync(
            new Secret
            {
                Metadata = new() { Namespace = BootstrapTokenAuthenticator.Namespace, Name = BootstrapTokenAuthenticator.SecretPrefix + id },
                Type = BootstrapTokenAuthenticator.SecretType,
                StringData = data,
            },
            ct: ct);

        // The token alone on standard output, so that scripts take it as it is.
        output.WriteLine(new JoinToken($"{id}.{secret}", JoinToken.HashOf(admin.Config.Authorities[0])));
        output.Flush();
        var server = await JoinAddressAsync(admin, ct);
        Console.Error.WriteLine(server.IsLoopback
            ? "The server listens on this machine alone; for others to join, start it with: berth up --listen 0.0.0.0:6443"
            : $"Another machine joins with: berth agent --join {server.GetLeftPart(UriPartial.Authority)} --token TOKEN");
    }

    private static async Task<Uri> JoinAddressAsync(AdminClient admin, CancellationToken ct)
    {
        var info = await admin.Client.GetAsync<ConfigMap>("kube-public", "cluster-info", ct: ct);
        const string Key = "server:";
        var line = (info.Data.GetOr("kubeconfig") ?? "").Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        return line is not null && Uri.TryCreate(line[Key.Length..].Trim(), UriKind.Absolute, out var server) ? server : admin.Config.Server;
    }

    private static async Task ListAsync(IClusterClient client, TextWriter output, CancellationToken ct)
    {
        var secrets = await client.ListAsync<Secret>(BootstrapTokenAuthenticator.Namespace, new ListOptions { FieldSelector = "type=" + BootstrapTokenAuthenticator.SecretType }, ct);
        output.WriteLine($"{"ID",-8}{"EXPIRES",-22}DESCRIPTION");
        foreach (var secret in secrets.Items)
            output.WriteLine($"{Text(secret, "token-id"),-8}{(Text(secret, "expiration") is { Length: > 0 } end ? end : "never"),-22}{Text(secret, "description")}");
    }

    private static async Task DeleteAsync(IClusterClient client, string id, TextWriter output, CancellationToken ct)
    {
        try
        {
            await client.DeleteAsync<Secret>(BootstrapTokenAuthenticator.Namespace, BootstrapTokenAuthenticator.SecretPrefix + id, ct: ct);
            output.WriteLine($"token {id} deleted");
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            throw new UserErrorException($"there is no token {id}", "see: berth token list", e);
        }
    }

    private static string Text(Secret secret, string key) => secret.Data.TryGetValue(key, out var value) ? value.ToUtf8() : "";

    private static TimeSpan? ParseTtl(string text)
    {
        if (text == "0")
            return null;
        var unit = text.Length > 1 ? text[^1] : ' ';
        if (!int.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            throw Wrong();
        return unit switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => throw Wrong(),
        };

        UserErrorException Wrong() => new($"--ttl \"{text}\" is not a duration", "give one such as 30m, 24h or 7d, or 0 for ever");
    }
}
