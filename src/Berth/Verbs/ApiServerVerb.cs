using System.Net;
using Berth.ApiServer;
using Berth.Store.Sqlite;

namespace Berth.Verbs;

/// <summary>
/// <c>berth apiserver --data-dir DIR [--listen ADDRESS:PORT]</c>: the API server alone over plain HTTP, without
/// authentication, for development. It refuses to listen anywhere but on the loopback interface.
/// </summary>
internal static class ApiServerVerb
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        string? directory = null;
        var listen = "127.0.0.1:8080";
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length)
                return Usage($"{arguments[i]} needs a value");
            switch (arguments[i])
            {
                case "--data-dir":
                    directory = arguments[i + 1];
                    break;
                case "--listen":
                    listen = arguments[i + 1];
                    break;
                default:
                    return Usage($"unknown option {arguments[i]}");
            }
        }

        if (directory is null)
            return Usage("--data-dir is missing");
        if (!IPEndPoint.TryParse(listen, out var endpoint) || endpoint.Port == 0)
            return Usage($"--listen {listen} is not an address with a port, such as 127.0.0.1:8080");
        if (!IPAddress.IsLoopback(endpoint.Address))
            return Usage($"--listen {listen}: without authentication the server listens on the loopback interface alone");

        await using var store = SqliteStore.Open(new SqliteStoreOptions { Directory = directory });
        await using var host = new ApiServerHost(new ApiServerOptions { Store = store, Listen = endpoint });
        await host.StartAsync();
        Console.WriteLine($"API server at {host.Address}, without authentication: for development alone");
        var stop = new TaskCompletionSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.TrySetResult();
        };
        using var term = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.TrySetResult();
        });
        await stop.Task;
        return 0;
    }

    private static int Usage(string problem)
    {
        Console.Error.WriteLine($"berth apiserver: {problem}");
        Console.Error.WriteLine("usage: berth apiserver --data-dir DIR [--listen 127.0.0.1:8080]");
        return 2;
    }
}
