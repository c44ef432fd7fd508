//! One line of the route table: an address, the methods it answers, their handlers. What the table says and what is
//! mounted are made of the same value, so that tests can walk every route there is.

use actix_web::{
    HttpResponse, Resource, ResponseError, Route, guard,
    http::{
        Method,
        header::{self, HeaderValue},
    },
    web,
};

use crate::problem::{Problem, code};

/// An address with its handlers; 405 with `Allow` for every other method.
pub(crate) struct Address {
    path: String,
    methods: Vec<Method>,
    resource: Resource,
}

impl Address {
    /// An address that answers nothing yet.
    pub(crate) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), methods: Vec::new(), resource: web::resource(path) }
    }

    /// Answers a method.
    pub(crate) fn on(mut self, method: Method, route: Route) -> Self {
        self.resource = self.resource.route(route.method(method.clone()));
        self.methods.push(method);
        self
    }

    /// Answers GET, and HEAD with the same handler.
    pub(crate) fn on_get_and_head(mut self, route: Route) -> Self {
        self.resource = self.resource.route(route.guard(guard::Any(guard::Get()).or(guard::Head())));
        self.methods.extend([Method::GET, Method::HEAD]);
        self
    }

    /// The path with its parameters in braces.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The methods it answers.
    pub(crate) fn methods(&self) -> &[Method] {
        &self.methods
    }

    fn into_resource(self) -> Resource {
        let allow = self.methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        self.resource.default_service(web::to(move || {
            let allow = allow.clone();
            async move { not_allowed(&allow) }
        }))
    }
}

/// Mounts addresses in this order.
pub(crate) fn mount(config: &mut web::ServiceConfig, addresses: Vec<Address>) {
    for address in addresses {
        config.service(address.into_resource());
    }
}

fn not_allowed(allow: &str) -> HttpResponse {
    let mut response = Problem::new(&code::METHOD_NOT_ALLOWED).error_response();
    if let Ok(value) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}
