using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Berth.ApiServer;
using Berth.ApiServer.Admission;
using Berth.Instance;
using Berth.Store.Sqlite;

namespace Berth.Verbs;

/// <summary>
/// <c>berth apiserver</c>: the API server alone over plain HTTP, without authentication, for development. It refuses to
/// listen anywhere but on the loopback interface.
/// </summary>
internal static class ApiServerVerb
{
    private static readonly IPNetwork s_serviceCidr = IPNetwork.Parse("10.96.0.0/16");

    public static Command Create()
    {
        var directory = new Option<string>("--data-dir") { Description = "Directory of the store", Required = true };
        var listen = new Option<string>("--listen") { Description = "Loopback address and port", DefaultValueFactory = _ => "127.0.0.1:8080" };
        var command = new Command("apiserver", "Run the API server alone, without authentication, for development") { directory, listen };
        command.SetAction(async (parsed, ct) =>
        {
            var text = parsed.GetRequiredValue(listen);
            if (!IPEndPoint.TryParse(text, out var endpoint) || endpoint.Port == 0)
                throw new UserErrorException($"--listen {text} is not an address with a port", "give one such as 127.0.0.1:8080");
            if (!IPAddress.IsLoopback(endpoint.Address))
                throw new UserErrorException($"--listen {text}: without authentication the server listens on the loopback interface alone", "give an address such as 127.0.0.1:8080");
            // Taken by the verb itself: the web host takes the signals of whoever starts it, and then only ends itself.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Stop(s, stop));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => Stop(s, stop));
            await using var store = SqliteStore.Open(new SqliteStoreOptions { Directory = parsed.GetRequiredValue(directory) });
            await using var host = new ApiServerHost(new ApiServerOptions
            {
                Store = store,
                Listen = endpoint,
                Admission = objects => new AdmissionChain(AdmissionPlugins.Default(objects, s_serviceCidr)),
            });
            await host.StartAsync(ct);
            Console.WriteLine($"API server at {host.Address}, without authentication: for development alone");
            await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        });
        return command;
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
