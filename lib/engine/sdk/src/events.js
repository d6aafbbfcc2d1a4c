// SPDX-License-Identifier: Apache-2.0
// `events`, `schedule`, `webhooks` and `RetryError`: what an extension does with durable events.
// What does the work is loaded with the first use.
import { freezeAll } from "./arguments.js";
import { load } from "./lazy.js";
import { freeze, getOwnPropertyDescriptor } from "./primordials.js";

const module = () => load("events");

const events = {
  ...freezeAll({
    publish(event, data = undefined, options = undefined) {
      return module().publish(event, data, options);
    },
    publishMany(publications) {
      return module().publishMany(publications);
    },
  }),
  get RetryError() {
    return module().RetryError;
  },
};
export const retryError = getOwnPropertyDescriptor(events, "RetryError");
freeze(retryError.get);

export const durable = {
  events: freeze(events),
  schedule: freezeAll({
    create(schedule) {
      return module().create(schedule);
    },
    update(name, changes) {
      return module().update(name, changes);
    },
    delete(name) {
      return module().named("schedule.delete", name);
    },
    get(name) {
      return module().named("schedule.get", name);
    },
    list() {
      return module().list();
    },
  }),
  webhooks: freezeAll({
    url(name) {
      return module().named("webhooks.url", name);
    },
    revoke(name) {
      return module().named("webhooks.revoke", name);
    },
  }),
};
