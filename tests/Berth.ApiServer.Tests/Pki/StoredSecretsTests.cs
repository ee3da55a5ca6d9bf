using System.Net;
using System.Security.Cryptography;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Pki;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Tests.Bootstrap;
using Berth.Store.Memory;

namespace Berth.ApiServer.Tests.Pki;

/// <summary>Secrets in a store whose key file changes, or was not there before.</summary>
public sealed class StoredSecretsTests : IAsyncLifetime
{
    private const string Path = "/api/v1/namespaces/default/secrets";

    private readonly MemoryStore _store = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Start_WithAnotherKey_SaysWhichFileIsWrong()
    {
        await WithServerAsync(NewKey("/data-1/pki/encryption-key"), async client =>
        {
            await client.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"default"}}""");
            await client.PostAsync(Path, """{"metadata":{"name":"db"},"stringData":{"a":"b"}}""");
        });
        var error = await Assert.ThrowsAnyAsync<Exception>(() => WithServerAsync(NewKey("/data-2/pki/encryption-key"), _ => Task.CompletedTask));
        var messages = new List<string>();
        for (var e = error; e is not null; e = e.InnerException) messages.Add(e.Message);
        Assert.Contains(messages, m => m.Contains("/data-2/pki/encryption-key", StringComparison.Ordinal) && m.Contains("default/db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_StoredPlain_AreEncryptedByTheirNextWrite()
    {
        await WithServerAsync(null, async client =>
        {
            await client.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"default"}}""");
            await client.PostAsync(Path, """{"metadata":{"name":"db"},"stringData":{"a":"b"}}""");
        });
        await WithServerAsync(NewKey("k"), async client =>
        {
            Assert.Equal("Yg==", (string?)(await client.GetAsync($"{Path}/db", HttpStatusCode.OK))["data"]!["a"]);
            Assert.False(await IsEncryptedAsync());
            await client.SendAsync(HttpMethod.Patch, $"{Path}/db", """{"stringData":{"c":"d"}}""");
            Assert.True(await IsEncryptedAsync());
            Assert.Equal("Yg==", (string?)(await client.GetAsync($"{Path}/db", HttpStatusCode.OK))["data"]!["a"]);
        });
    }

    private static SecretEncryption NewKey(string path) => new(new EncryptionKey(RandomNumberGenerator.GetBytes(32), path));

    private async Task<bool> IsEncryptedAsync() =>
        (await _store.GetAsync("/registry/core/secrets/default/db", cancellation: TestContext.Current.CancellationToken))!.Value.Span.StartsWith("berth:enc:"u8);

    private async Task WithServerAsync(IValueTransformer? transformer, Func<HttpClient, Task> act)
    {
        await using var host = new ApiServerHost(new ApiServerOptions { Store = _store, Transformer = transformer });
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient(host.InProcess(UserInfo.Of("admin", UserInfo.MastersGroup))) { BaseAddress = new Uri("https://berth.invalid") };
        await act(client);
    }
}
