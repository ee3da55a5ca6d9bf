namespace Berth.ApiServer.Http;

/// <summary>A handler that is one function.</summary>
public sealed class DelegateHandler(Func<ApiRequest, Task> handle) : IApiHandler
{
    public Task HandleAsync(ApiRequest request) => handle(request);
}
